"""History under other rules: the order log, folded in memory by the planner's own fold. Nothing is written or asked."""
