//! Failback readiness for vSphere: facts, rules, plan, apply, verify.
