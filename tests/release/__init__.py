"""Whole releases, installed as people do it: minutes each, by hand (make release-check, upgrade-check)."""
