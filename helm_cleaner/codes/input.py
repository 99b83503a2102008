"""The codes of input that cannot be used."""

from __future__ import annotations

from helm_cleaner.codes.code import OtherCode

INPUT_CODES = (
    OtherCode("file", "error", "A file cannot be read or written.", "correct the name or the permissions"),
    OtherCode("stdin", "error", "stdin is closed or cannot be read.", "pipe something in, or name a file"),
    OtherCode("stdout", "error", "stdout is closed or cannot be written.", "give the output somewhere to go"),
    OtherCode("encoding", "error", "Text that is not UTF-8, which is all that Helm and Kubernetes read.",
              "save the file as UTF-8"),
    OtherCode("yaml", "error", "Text that is not YAML as Helm and Kubernetes read it.", "correct it at the place named",
              "cleaner: {imageTag: dev", "cleaner: {imageTag: dev}"),
    OtherCode("yaml-shape", "error or warning", "YAML that cannot be edited without changing more than the value: an "
              "alias, a merge key, an unusual style.", "write the value out, in plain style",
              "c: &c {cpu: 50m}\ncleaner: {resources: *c}", "cleaner: {resources: {cpu: 50m}}"),
    OtherCode("values", "error", "YAML that is not a values file, or that Helm 3 and Helm 4 read differently.",
              "write one document, a mapping", "- cleaner", "cleaner: {imageTag: dev}"),
    OtherCode("set", "error", "A --set flag that Helm cannot parse.", "follow Helm's grammar: key.sub[0]=value",
              "helm-cleaner merge --set cleaner.imageTag", "helm-cleaner merge --set cleaner.imageTag=dev"),
    OtherCode("json", "error", "A rendered section or scheduling that is not JSON.",
              "check what the chart or another post-renderer made of it"),
    OtherCode("renderer", "error", "A command of --before or --after cannot be started, fails, or prints nothing.",
              "run the command by itself, with the manifests on its stdin"),
    OtherCode("no-manifests", "error", "The input holds no Kubernetes manifests, or nothing at all.",
              "check the command before the pipe; leave out --output-dir",
              "helm-cleaner diff values.yaml",
              "helm template plx polyaxon/polyaxon | helm-cleaner diff -f values.yaml"),
    OtherCode("no-target", "error", "The manifests contain no agent ConfigMap, and there is a need for one.",
              "render the CE or Agent chart, with agent.enabled not false"),
    OtherCode("no-name", "error", "A manifest without a name, which a patch cannot select.", "give it a metadata.name"),
    OtherCode("function-config", "error", "A functionConfig with an unknown or wrong field.", "correct the field",
              "functionConfig: {spec: {imageTag: dev}}",
              "functionConfig: {spec: {values: {cleaner: {imageTag: dev}}}}"),
    OtherCode("config", "error", "A configuration file with an unknown key or a wrong value.",
              "correct the key or the value", "excludes: [vendor/]", "exclude: [vendor/]"),
    OtherCode("plugin", "error", "A Helm plugin cannot be installed or removed.", "follow the hint"),
    OtherCode("input", "error", "Input that is nested too deeply, is too long or does not fit in memory.", "split it"),
    OtherCode("internal", "error", "A result failed its own verification: a bug in helm-cleaner. Nothing was written.",
              "report it, with the input if you can"),
)  # fmt: skip
