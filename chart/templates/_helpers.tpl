{{/* The labels of an object. Takes (dict "root" $ "name" NAME "component" COMPONENT). */}}
{{- define "demo.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
app.kubernetes.io/version: {{ .root.Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
app.kubernetes.io/component: {{ .component | quote }}
release: {{ .root.Release.Name | quote }}
{{- end }}

{{/* Not empty where the agent's ConfigMap is rendered: everywhere but on a control plane. */}}
{{- define "demo.hasAgentConfig" -}}
{{- if or .Values.agent.enabled (not .Values.organizationKey) }}yes{{ end }}
{{- end }}

{{/* The hash of a template's text, as charts make it: what a post-renderer changes later is not in it. */}}
{{- define "demo.checksum" -}}
{{ include (print .root.Template.BasePath "/" .template) .root | sha256sum }}
{{- end }}

{{/* One workload. Takes (dict "root" $ "app" NAME "checksum" BOOL "configs" LIST). */}}
{{- define "demo.deployment" -}}
{{- $name := printf "%s-polyaxon-%s" .root.Release.Name .app -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "demo.labels" (dict "root" .root "name" $name "component" .app) | nindent 4 }}
  annotations:
    {{- include "demo.annotations" . | nindent 4 }}
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ $name }}
  template:
    metadata:
      labels:
        {{- include "demo.labels" (dict "root" .root "name" $name "component" .app) | nindent 8 }}
      annotations:
        {{- include "demo.annotations" . | nindent 8 }}
    spec:
      {{- include "demo.pod" . | nindent 6 }}
{{- end }}

{{- define "demo.annotations" -}}
chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
checksum/common-config: {{ include "demo.checksum" (dict "root" .root "template" "common-cm.yaml") }}
{{- if .checksum }}
checksum/agent-config: {{ include "demo.checksum" (dict "root" .root "template" "agent-cm.yaml") }}
{{- end }}
{{- end }}

{{/* The pod of a workload or a hook. Takes (dict "root" $ "app" NAME "configs" LIST), and "args" for the container. */}}
{{- define "demo.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65534
  seccompProfile:
    type: RuntimeDefault
containers:
- name: polyaxon-{{ .app }}
  image: {{ .root.Values.image | quote }}
  {{- with .args }}
  args: {{ toJson . }}
  {{- end }}
  envFrom:
  {{- range .configs }}
  - configMapRef:
      name: {{ $.root.Release.Name }}-polyaxon-{{ . }}
  {{- end }}
  resources:
    requests:
      cpu: 1m
      memory: 8Mi
    limits:
      memory: 32Mi
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}
