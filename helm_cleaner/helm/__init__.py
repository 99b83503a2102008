"""Helm integration: the plugins, and a stderr that reaches the user."""

# The names of our plugins. HELM_PLUGIN_NAME says which of them Helm runs.
POST_RENDERER = "helm-cleaner"  # for --post-renderer
COMMAND = "cleaner"
VALUES = "cleaner-values"
# The file in the plugin's folder to which messages are written if they cannot reach the user otherwise.
LAST_MESSAGE = "last-message.txt"
