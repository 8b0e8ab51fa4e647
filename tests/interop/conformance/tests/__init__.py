"""Shows that the check can fail, rule by rule, and that it passes what is right."""
