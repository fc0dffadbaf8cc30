"""The ClickHouse of `funnel up`: the embedded engine, a server's program on this machine, or servers elsewhere."""
