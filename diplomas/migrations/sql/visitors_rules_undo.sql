REVOKE SELECT ON results_regulation, results_test FROM portal_public;
