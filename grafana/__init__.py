"""The dashboards as code: layout here, one SQL file per panel in queries/, generated JSON in dashboards/."""
