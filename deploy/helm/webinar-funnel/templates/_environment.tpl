{{/* A password out of a Secret, whose keys are named as the settings. */}}
{{- define "funnel.secret" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .name }} } }
{{- end }}

{{- define "funnel.value" -}}
- name: {{ .name }}
  value: {{ .value | quote }}
{{- end }}

{{- define "funnel.kafka" -}}
{{- $kafka := .root.Values.kafka }}
{{ include "funnel.value" (dict "name" "FUNNEL_KAFKA_BOOTSTRAP" "value" $kafka.bootstrap) }}
{{ include "funnel.value" (dict "name" "FUNNEL_KAFKA_SECURITY_PROTOCOL" "value" $kafka.securityProtocol) }}
{{- if hasPrefix "SASL_" $kafka.securityProtocol }}
{{- $login := required "kafka.login has to name a Secret with FUNNEL_KAFKA_USERNAME and FUNNEL_KAFKA_PASSWORD" (.values.kafkaLogin | default $kafka.login) }}
{{ include "funnel.value" (dict "name" "FUNNEL_KAFKA_SASL_MECHANISM" "value" $kafka.saslMechanism) }}
{{ include "funnel.secret" (dict "name" "FUNNEL_KAFKA_USERNAME" "secret" $login) }}
{{ include "funnel.secret" (dict "name" "FUNNEL_KAFKA_PASSWORD" "secret" $login) }}
{{- end }}
{{- include "funnel.files" (dict "of" "KAFKA" "folder" "/etc/funnel/kafka" "tls" $kafka.tls) }}
{{- end }}

{{- define "funnel.clickhouse" -}}
{{- $clickhouse := .root.Values.clickhouse }}
{{ include "funnel.value" (dict "name" "FUNNEL_CLICKHOUSE_ADDRESSES" "value" $clickhouse.addresses) }}
{{- with $clickhouse.cluster }}
{{ include "funnel.value" (dict "name" "FUNNEL_CLICKHOUSE_CLUSTER" "value" .) }}
{{- end }}
{{- if $clickhouse.tls.enabled }}
{{ include "funnel.value" (dict "name" "FUNNEL_CLICKHOUSE_TLS" "value" "true") }}
{{- include "funnel.files" (dict "of" "CLICKHOUSE" "folder" "/etc/funnel/clickhouse" "tls" $clickhouse.tls) }}
{{- end }}
{{- end }}

{{/* Where the PEM files of a server are, out of a mounted Secret. */}}
{{- define "funnel.files" -}}
{{- if .tls.secret }}
{{- $of := . }}
{{- range $what, $name := dict "CA" .tls.ca "CERTIFICATE" .tls.certificate "KEY" .tls.key }}
{{- if $name }}
{{ include "funnel.value" (dict "name" (printf "FUNNEL_%s_%s_FILE" $of.of $what) "value" (printf "%s/%s" $of.folder $name)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* What the workers, alerts and the setup have: how many copies the topics have to have. */}}
{{- define "funnel.copies" -}}
{{- include "funnel.value" (dict "name" "FUNNEL_REPLICATION_FACTOR" "value" .root.Values.kafka.replicationFactor) }}
{{ include "funnel.value" (dict "name" "FUNNEL_MIN_INSYNC_REPLICAS" "value" .root.Values.kafka.minInsyncReplicas) }}
{{- end }}

{{- define "funnel.environment" -}}
{{- $root := .root }}
{{- if .kafka }}{{ include "funnel.kafka" . | trim }}{{ end }}
{{- if .copies }}
{{ include "funnel.copies" . }}
{{- end }}
{{- if .passwords }}
{{ include "funnel.clickhouse" . | trim }}
{{- end }}
{{- range .passwords }}
{{ include "funnel.secret" (dict "name" . "secret" $root.Values.clickhouse.passwords) }}
{{- end }}
{{- if .hashes }}
{{ include "funnel.secret" (dict "name" "FUNNEL_HASH_SECRET" "secret" $root.Values.hashSecret) }}
{{- end }}
{{- if .data }}
{{ include "funnel.value" (dict "name" "FUNNEL_DATA_DIR" "value" "/var/lib/funnel") }}
{{- end }}
{{- if .rules }}
{{ include "funnel.value" (dict "name" "FUNNEL_BUSINESS_DIR" "value" "/app/business") }}
{{- end }}
{{- range $name, $value := .own }}
{{ include "funnel.value" (dict "name" $name "value" $value) }}
{{- end }}
{{- range $name, $value := $root.Values.settings }}
{{ include "funnel.value" (dict "name" $name "value" $value) }}
{{- end }}
{{- end }}
