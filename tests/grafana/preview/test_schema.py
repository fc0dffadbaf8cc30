"""Every panel's options and field configuration against the types of @grafana/schema. Needs npm; skipped elsewhere."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.grafana.pages import PAGES, Json, panels
from tests.grafana.preview.packages import installed, own_folder

# npm installs once, on one worker of a run.
pytestmark = pytest.mark.xdist_group("npm")

_RAW = "@grafana/schema/dist/esm/raw"
KINDS = {
    "table": "Table",
    "timeseries": "TimeSeries",
    "trend": "Trend",
    "barchart": "BarChart",
    "bargauge": "BarGauge",
    "stat": "Stat",
    "gauge": "Gauge",
    "text": "Text",
    "dashlist": "DashboardList",
}
"""Type of a panel -> what its module in the schema is called."""
WITH_CUSTOM = ("table", "timeseries", "trend", "barchart")
"""Kinds whose fields have a configuration of their own (custom…); others ignore it."""

# The schema's enums are texts and numbers in JSON; what has a default may be left out.
_HEAD = f"""
import type * as dashboard from '{_RAW}/dashboard/x/Dashboard_types.gen';
type Json<T> = 0 extends 1 & T ? T
  : T extends string ? `${{T}}`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Json<U>[]
  : {{ [K in keyof T]?: Json<T[K]> }};
type Fields<C> = Json<Omit<dashboard.FieldConfig, 'custom'>> & {{ custom?: Json<C> }};
"""


def typescript(pages: dict[str, Json]) -> str:
    lines = [_HEAD]
    for kind, name in KINDS.items():
        module = f"{_RAW}/composable/{name.lower()}/panelcfg/x/{name}PanelCfg_types.gen"
        lines.append(f"import type * as {kind} from '{module}';")
    for uid, page in pages.items():
        # Panels are looked at below, more exactly; what an annotation asks is the data source's own.
        annotations = [{**one, "target": {}} for one in page["annotations"]["list"]]
        whole = {**page, "panels": [], "annotations": {"list": annotations}}
        lines.append(f"export const {_name(uid, 'page')}: Json<dashboard.Dashboard> = {json.dumps(whole)};")
        for panel in panels(page):
            if panel["type"] != "row":
                lines += _checks(uid, panel)
    return "\n".join(lines)


def _checks(uid: str, panel: Json) -> list[str]:
    kind, config = panel["type"], panel.get("fieldConfig", {"defaults": {}, "overrides": []})
    fields = f"Fields<{kind}.FieldConfig>" if kind in WITH_CUSTOM else "Fields<Record<string, never>>"
    found = [(f"Json<{kind}.Options>", panel.get("options", {})), (fields, config["defaults"])]
    for override in config["overrides"]:
        found += [(fields, _nested(one["id"], one["value"])) for one in override["properties"]]
    whole = {**panel, "options": {}, "fieldConfig": {"defaults": {}, "overrides": []}}
    found.append(("Json<dashboard.Panel>", whole))
    return [
        f"export const {_name(uid, panel['id'], number)}: {type_} = {json.dumps(value)};"
        for number, (type_, value) in enumerate(found)
    ]


def _nested(path: str, value: Any) -> Json:
    first, _, rest = path.partition(".")
    return {first: _nested(rest, value) if rest else value}


def _name(*parts: object) -> str:
    return "_".join(str(part) for part in parts).replace("-", "_")


def problems(pages: dict[str, Json], name: str) -> list[str]:
    """What the TypeScript compiler says of them."""
    folder = own_folder() / name
    folder.mkdir(exist_ok=True)
    (folder / "check.ts").write_text(typescript(pages))
    options = {"strict": True, "skipLibCheck": True, "noEmit": True, "moduleResolution": "bundler", "types": []}
    options |= {"module": "esnext", "target": "es2022", "lib": ["es2023", "dom"]}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["check.ts"]}))
    node = shutil.which("node")
    assert node is not None
    compiler = [node, str(installed() / "typescript/bin/tsc"), "-p", str(folder), "--pretty", "false"]
    done = subprocess.run(compiler, capture_output=True, text=True, check=False, timeout=300)
    return [line for line in done.stdout.splitlines() if "error TS" in line]


def test_every_panel_is_what_the_schema_says() -> None:
    assert problems(PAGES, "schema") == []


def test_the_test_above_can_fail() -> None:
    page: Json = json.loads(json.dumps(PAGES["webinar"]))
    by_kind = {panel["type"]: panel for panel in panels(page)}
    by_kind["bargauge"]["fieldConfig"]["overrides"][0]["properties"].append({"id": "custom.width", "value": 112})
    by_kind["table"]["options"]["cellHeight"] = "tiny"
    by_kind["table"]["fieldConfig"]["defaults"]["custom"]["aling"] = "left"
    by_kind["barchart"]["options"]["legend"]["displayMode"] = 3
    page["graphTooltip"] = 7
    found = problems({"webinar": page}, "schema-broken")
    assert len(found) == 5, found
