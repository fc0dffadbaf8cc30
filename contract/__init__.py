"""The ground floor: what is agreed on with everybody. Imports nothing of ours."""
