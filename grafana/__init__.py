"""The dashboards as code: layout here, one SQL file a panel in queries/, generated JSON in dashboards/."""
