"""Grafana's alert rules, contact points, policy, template and mute time, each as one provisioning file.

Grafana silently drops a misspelt key, expands environment variables only in some places, and uses only one numeric
column of a table: tests/grafana/test_alerting.py checks these rules. Pure layout.
"""

from dataclasses import dataclass
from typing import Any

from grafana.base import DATA_SOURCE, PLUGIN_VERSION, Json, sql

FOLDER_OF_RULES = "Webinars"
_EXPRESSION: Json = {"type": "__expr__", "uid": "__expr__"}
_TEMPLATES = "webinars"
_DASHBOARD = "webinars"
_DASHBOARD_PANEL = "4"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a query of grafana/queries/alerting with one number per row, and its threshold."""

    uid: str
    title: str
    summary: str
    description: str
    above: float
    """The rule fires when the number is greater."""
    pending: str = "2m"
    keep: str = "5m"
    severity: str = "warning"
    no_data: str = "OK"
    """What no row means. OK if rows are webinars: none is live."""
    failed: str = "KeepLast"
    """What a failed query means. KeepLast: the state stays, since nothing else is known; another rule reports it."""
    label: str = "webinar_id"
    """A column that is never empty in a row: without it there is no row."""

    @property
    def links(self) -> bool:
        """Whether the rows are about webinars, so that there is a dashboard to link."""
        return self.label == "webinar_id"


_WHAT = "{{ $labels.title }}"
# Grafana's own address may end with a slash.
_BASE = '{{ reReplaceAll "/+\\\\z" "" externalURL }}'
_CHOSEN = "".join(
    f"{{{{ if $labels.{name} }}}}&var-{name}={{{{ urlquery $labels.{name} }}}}{{{{ end }}}}"
    for name in ("course", "region", "language")
)
_PERIOD = "from=now-28d&to=now"
# A row about a whole region, course or language has the id of its finding in place of a webinar's.
_WEBINAR_URL = (
    _BASE
    + '/d/{{ if match "^(region|course|language)=" $labels.webinar_id }}webinars?'
    + _PERIOD
    + _CHOSEN
    + "{{ else }}"
    "webinar?var-webinar={{ urlquery $labels.webinar_id }}{{ end }}"
)
_SOURCES_URL = f"{_BASE}/d/sources?{_PERIOD}{_CHOSEN}"
_UNKNOWN = "Its query returned no usable row, or failed. This says nothing about any webinar. See funnel status."
RULES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    (
        "conversions",
        (
            Rule(
                "conversion_drop",
                "Attendance below typical",
                f"Attendance below typical: {_WHAT}",
                "{{ $labels.sentence }}",
                0,
            ),
            Rule(
                "empty_room",
                "Nobody in the room",
                f"Nobody in the room: {_WHAT}",
                "{{ $labels.sentence }}",
                0,
                severity="critical",
                pending="1m",
            ),
            Rule(
                "no_events",
                "No data from a webinar that should be live",
                f"No data from a webinar that should be live: {_WHAT}",
                "{{ $labels.sentence }}",
                0,
                severity="critical",
                pending="1m",
            ),
            Rule("pace_behind", "Registrations behind", f"Registrations behind: {_WHAT}", "{{ $labels.sentence }}", 0),
        ),
    ),
    (
        "operation",
        (
            Rule(
                "data_age",
                "No event while a webinar is live",
                "No event for {{ humanize $values.A.Value }} minutes while live: {{ $labels.webinars }}",
                "Is the service connected, and are the workers running? See funnel connectors check and funnel status.",
                10,
                label="process",
            ),
            Rule(
                "dead_letters",
                "Unreadable records",
                "{{ humanize $values.A.Value }} records of the last hour could not be read ({{ $labels.reason }})",
                "They are kept, but count in no number yet. See funnel dead-letters list; replay reads them again.",
                0,
                label="topic",
            ),
            Rule(
                "quarantine_waiting",
                "Rejected input is waiting",
                "{{ humanize $values.A.Value }} from {{ $labels.connector }} in quarantine ({{ $labels.reason }})",
                "funnel connectors quarantine shows them. Often a form has no rule yet.",
                0,
                pending="10m",
                label="connector",
            ),
            Rule(
                "workers_behind",
                "Workers behind",
                '{{ if eq $labels.state "unknown" }}Kafka does not say how far the workers are'
                "{{ else }}The workers are {{ humanize $values.A.Value }} records behind{{ end }}",
                "Until they have caught up, numbers are late and no webinar is judged. See funnel status.",
                0,
                pending="5m",
                severity="critical",
                label="process",
            ),
            Rule(
                "jobs_failing",
                "A job of the workers is failing",
                "The workers' job '{{ $labels.job }}' has failed {{ humanize $values.A.Value }} times in a row",
                "No event waits for it, and it is retried. Data health and funnel status show why it fails.",
                0,
                label="job",
            ),
            Rule(
                "alerts_stopped",
                "Alerts are not evaluated",
                "No webinar has been checked for {{ humanize $values.A.Value }} minutes",
                "The process funnel alerts watch is not running, or cannot reach ClickHouse.",
                10,
                severity="critical",
                no_data="Alerting",
                failed="Error",
                label="process",
            ),
        ),
    ),
)


def files() -> dict[str, Json]:
    """File name -> content."""
    return {
        "rules.yaml": {"apiVersion": 1, "groups": [_group(name, rules) for name, rules in RULES]},
        "contact-points.yaml": {"apiVersion": 1, "contactPoints": _contact_points()},
        "policies.yaml": {"apiVersion": 1, "policies": [_policy()]},
        "templates.yaml": {"apiVersion": 1, "templates": [{"orgId": 1, "name": _TEMPLATES, "template": _TEMPLATE}]},
        "mute-times.yaml": {"apiVersion": 1, "muteTimes": [_mute_time()]},
    }


def query(uid: str) -> str:
    """The query of a rule."""
    return sql("alerting", uid)


def _group(name: str, rules: tuple[Rule, ...]) -> Json:
    return {
        "orgId": 1,
        "name": name,
        "folder": FOLDER_OF_RULES,
        "interval": "1m",
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> Json:
    annotations = {
        "summary": _if_there(rule, rule.summary, f"{rule.title}: not known"),
        "description": _if_there(rule, rule.description, _UNKNOWN),
        "__dashboardUid__": _DASHBOARD,
        "__panelId__": _DASHBOARD_PANEL,
    }
    if rule.links:
        annotations["webinar_url"] = _if_there(rule, _WEBINAR_URL, "")
        annotations["sources_url"] = _if_there(rule, _SOURCES_URL, "")
    return {
        "uid": rule.uid,
        "title": rule.title,
        "condition": "C",
        "for": rule.pending,
        "keepFiringFor": rule.keep,
        "noDataState": rule.no_data,
        "execErrState": rule.failed,
        "labels": {"severity": rule.severity},
        "annotations": annotations,
        "data": [_query(rule), _threshold(rule)],
    }


def _if_there(rule: Rule, text: str, otherwise: str) -> str:
    """A text about a row, and its replacement without a row: no data, or an error."""
    return f"{{{{ if $labels.{rule.label} }}}}{text}{{{{ else }}}}{otherwise}{{{{ end }}}}"


def _query(rule: Rule) -> Json:
    return {
        "refId": "A",
        "relativeTimeRange": {"from": 3600, "to": 0},
        "datasourceUid": DATA_SOURCE["uid"],
        "model": {
            "refId": "A",
            "datasource": DATA_SOURCE,
            "editorType": "sql",
            "queryType": "table",
            "format": 1,
            "pluginVersion": PLUGIN_VERSION,
            "intervalMs": 60_000,
            "maxDataPoints": 43_200,
            "rawSql": query(rule.uid),
        },
    }


def _threshold(rule: Rule) -> Json:
    return {
        "refId": "C",
        "relativeTimeRange": {"from": 3600, "to": 0},
        "datasourceUid": "__expr__",
        "model": {
            "refId": "C",
            "type": "threshold",
            "datasource": _EXPRESSION,
            "expression": "A",
            "conditions": [{"evaluator": {"type": "gt", "params": [rule.above]}}],
        },
    }


def _contact_points() -> list[Json]:
    """One for each channel; the environment chooses which one is used (GRAFANA_ALERT_RECEIVER)."""
    message, title = '{{ template "webinars.text" . }}', '{{ template "webinars.title" . }}'
    ways: dict[str, Json] = {
        "email": {"addresses": "${GRAFANA_ALERT_EMAIL}", "singleEmail": True, "subject": title, "message": message},
        "slack": {"url": "${GRAFANA_ALERT_SLACK_URL}", "title": title, "text": message},
        "telegram": {
            "bottoken": "${GRAFANA_ALERT_TELEGRAM_TOKEN}",
            "chatid": "${GRAFANA_ALERT_TELEGRAM_CHAT}",
            "message": message,
            "disable_web_page_preview": True,
        },
        "webhook": {
            "url": "${GRAFANA_ALERT_WEBHOOK_URL}",
            "httpMethod": "POST",
            "maxAlerts": "20",
            "title": title,
            "message": message,
        },
    }
    return [
        {"orgId": 1, "name": name, "receivers": [{"uid": f"webinars_{name}", "type": name, "settings": settings}]}
        for name, settings in ways.items()
    ]


def _policy() -> Json:
    """Grouped by webinar: one message, however many kinds. Only critical alerts are sent at night."""
    return {
        "orgId": 1,
        "receiver": "${GRAFANA_ALERT_RECEIVER}",
        "group_by": ["grafana_folder", "webinar_id"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "24h",
        "routes": [
            {
                "receiver": "${GRAFANA_ALERT_RECEIVER}",
                "object_matchers": [["severity", "=", "warning"]],
                "mute_time_intervals": ["night"],
                "continue": False,
            }
        ],
    }


def _mute_time() -> Json:
    # The environment is not expanded here: to change the night, change this line.
    night: list[dict[str, Any]] = [
        {"times": [{"start_time": "00:00", "end_time": "07:00"}, {"start_time": "22:00", "end_time": "24:00"}]}
    ]
    return {"orgId": 1, "name": "night", "time_intervals": night}


# No dollar sign: versions of Grafana differ in whether they expand the environment here. Failed evaluations come
# first: the annotations of such an alert refer to rows that do not exist.
_TEMPLATE = """{{ define "webinars.said" -}}
{{ if or (eq .Labels.alertname "DatasourceError") .Annotations.Error -}}
{{ if eq .Status "resolved" }}Evaluated again{{ else }}Not evaluated{{ end -}}
: {{ or .Labels.rulename .Labels.alertname -}}
{{ else if eq .Labels.alertname "DatasourceNoData" -}}
{{ if eq .Status "resolved" }}Evaluated again{{ else }}Nothing to evaluate{{ end }}: {{ .Labels.rulename -}}
{{ else -}}
{{ if eq .Status "resolved" -}}
{{ if eq .Annotations.grafana_state_reason "MissingSeries" }}No longer looked at{{ else }}Resolved{{ end }}: {{ end -}}
{{ or .Annotations.summary .Labels.alertname "an alert without a name" -}}
{{ end -}}
{{ end }}

{{ define "webinars.more" -}}
{{ if or (eq .Labels.alertname "DatasourceError") .Annotations.Error -}}
{{ if ne .Status "resolved" }}Grafana could not ask ClickHouse{{ with .Annotations.Error }}: {{ . }}{{ end }}
This says nothing about any webinar: until Grafana can ask again, its rules know nothing. See funnel status.
{{ end -}}
{{ else if eq .Labels.alertname "DatasourceNoData" -}}
{{ if ne .Status "resolved" }}Its query returned no row. This says nothing about any webinar. See funnel status.
{{ end -}}
{{ else -}}
{{ or .Annotations.description "No text was given for it." }}
{{ if .Annotations.webinar_url }}The webinar: {{ .Annotations.webinar_url }}
Its sources: {{ .Annotations.sources_url }}
{{ else if .PanelURL }}{{ .PanelURL }}
{{ end -}}
{{ end -}}
{{ end }}

{{ define "webinars.title" -}}
{{ if .Alerts }}{{ template "webinars.said" (index .Alerts 0) }}{{ else }}{{ .Status }}{{ end -}}
{{ if gt (len .Alerts) 1 }} (and more){{ end -}}
{{ end }}

{{ define "webinars.text" -}}
{{ range .Alerts }}{{ template "webinars.said" . }}
{{ template "webinars.more" . }}
{{ end -}}
{{ end }}
"""
