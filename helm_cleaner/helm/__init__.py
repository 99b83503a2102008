"""What helm-cleaner is to Helm: plugins, and a stderr that reaches the user."""
