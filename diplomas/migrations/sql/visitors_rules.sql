-- Help pages tell the rules of each exam, which are law: nothing of a candidate is in these tables.
GRANT SELECT ON results_regulation, results_test TO portal_public;
