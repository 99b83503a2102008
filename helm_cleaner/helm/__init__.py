"""What helm-cleaner is to Helm: plugins, and a stderr that reaches the user."""

# The names of our plugins. HELM_PLUGIN_NAME says as which of them Helm runs us.
POST_RENDERER = "helm-cleaner"  # to be given to --post-renderer
COMMAND = "cleaner"
VALUES = "cleaner-values"
# Where a plugin leaves its messages when there is no other way to the user; in the folder of the plugin.
LAST_MESSAGE = "last-message.txt"
