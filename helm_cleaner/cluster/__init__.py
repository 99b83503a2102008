"""What a cluster's objects say: which nodes a pod fits, and what refuses it before it gets that far.

Objects are dicts, as kubectl prints them and `json` reads them; nothing here reads a file or opens a connection. Each
module follows one piece of Kubernetes 1.37 and names its source.
"""
