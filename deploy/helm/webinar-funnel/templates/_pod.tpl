{{/* A container. Of `.`: root, values, component, command, and what it needs: kafka, copies, passwords, hashes, data, rules, own. */}}
{{- define "funnel.container" -}}
name: {{ .component }}
image: {{ printf "%s:%s" .root.Values.image.repository (.root.Values.image.tag | default .root.Chart.AppVersion) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: {{ .command | toJson }}
{{- with .secrets }}
envFrom:
  {{- range . }}
  - secretRef: { name: {{ . }} }
  {{- end }}
{{- end }}
env:
  {{- include "funnel.environment" . | trim | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
resources:
  {{- toYaml .values.resources | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- if .data }}
  - { name: data, mountPath: /var/lib/funnel }
  {{- end }}
  {{- if and .rules .root.Values.business.configMap }}
  - { name: business, mountPath: /app/business, readOnly: true }
  {{- end }}
  {{- if and .kafka .root.Values.kafka.tls.secret }}
  - { name: kafka-files, mountPath: /etc/funnel/kafka, readOnly: true }
  {{- end }}
  {{- if and .passwords .root.Values.clickhouse.tls.enabled .root.Values.clickhouse.tls.secret }}
  - { name: clickhouse-files, mountPath: /etc/funnel/clickhouse, readOnly: true }
  {{- end }}
{{- end }}

{{/* What the containers of a pod have in common, and the volumes. */}}
{{- define "funnel.spec" -}}
automountServiceAccountToken: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
# The user of the image; fsGroup lets it read the Secrets' files and write its volume.
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
  {{- if and .rules .root.Values.business.configMap }}
  - name: business
    configMap:
      name: {{ .root.Values.business.configMap }}
      {{- with .root.Values.business.items }}
      items:
        {{- toYaml . | nindent 8 }}
      {{- end }}
  {{- end }}
  {{- if and .kafka .root.Values.kafka.tls.secret }}
  - { name: kafka-files, secret: { secretName: {{ .root.Values.kafka.tls.secret }}, defaultMode: 0440 } }
  {{- end }}
  {{- if and .passwords .root.Values.clickhouse.tls.enabled .root.Values.clickhouse.tls.secret }}
  - { name: clickhouse-files, secret: { secretName: {{ .root.Values.clickhouse.tls.secret }}, defaultMode: 0440 } }
  {{- end }}
{{- end }}

{{/* The template of a pod that lasts: `.` as of the container, with http (port, live, ready) or hung (seconds; 0: never killed). */}}
{{- define "funnel.pod" -}}
metadata:
  labels:
    {{- include "funnel.labels" . | nindent 4 }}
  {{- with .root.Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "funnel.account" .root }}
  terminationGracePeriodSeconds: 60
  {{- if .spread }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "funnel.selector" . | nindent 10 }}
  {{- end }}
  {{- include "funnel.spec" . | nindent 2 }}
  containers:
    - {{ include "funnel.container" . | nindent 6 | trim }}
      ports:
        - { name: metrics, containerPort: 9464 }
        {{- with .http }}
        - { name: http, containerPort: {{ .port }} }
        {{- end }}
      {{- include "funnel.probes" . | nindent 6 }}
{{- end }}

{{- define "funnel.probes" -}}
{{- if .http -}}
readinessProbe:
  httpGet: { path: {{ .http.ready }}, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 2
livenessProbe:
  httpGet: { path: {{ .http.live }}, port: http }
  initialDelaySeconds: 30
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 4
{{- else -}}
# What fails is shown, and no reason for a restart.
readinessProbe:
  exec: { command: [python, -m, process.heartbeat] }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 1
{{- if .hung }}
livenessProbe:
  exec: { command: [python, -m, process.heartbeat, --hung] }
  initialDelaySeconds: 60
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: {{ div .hung 10 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "funnel.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "funnel.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "funnel.selector" . | nindent 6 }}
{{- end }}

{{- define "funnel.stateful" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "funnel.metadata" . | nindent 2 }}
spec:
  replicas: {{ .replicas }}
  serviceName: {{ include "funnel.fullname" .root }}-{{ .component }}
  podManagementPolicy: Parallel
  selector:
    matchLabels:
      {{- include "funnel.selector" . | nindent 6 }}
  template:
    {{- include "funnel.pod" . | nindent 4 }}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .root.Values.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ .values.storage }} } }
{{- end }}

{{/* A StatefulSet has to name a Service; with a port for those that are asked. */}}
{{- define "funnel.headless" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "funnel.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "funnel.selector" . | nindent 4 }}
  ports:
    - { name: metrics, port: 9464, targetPort: metrics }
{{- end }}

{{- define "funnel.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "funnel.metadata" . | nindent 2 }}
spec:
  type: {{ .values.service.type }}
  selector:
    {{- include "funnel.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ .values.service.port }}, targetPort: http }
{{- end }}
