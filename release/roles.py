"""The roles of whoever signs in: a closed list that both sides go by. What each may see, data/access.toml says."""

ROLES = (
    "manager",
    "researcher",
    "returns_officer",
    "auditor",
    "output_checker",
    "data_protection_officer",
)
