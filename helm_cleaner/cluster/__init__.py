"""What a cluster's objects say: which nodes a pod fits, and whether admission rejects it.

Objects are dicts, as kubectl prints them and `json` reads them. Nothing here reads a file or opens a connection. Each
module follows one part of Kubernetes 1.37 and names its source.
"""
