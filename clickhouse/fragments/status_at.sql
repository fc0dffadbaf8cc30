-- {status_at moment}: the status of a person's registration at a moment, ms; 0 before the first.
registration_status[arrayLastIndex(instant -> instant <= {moment}, registration_at)]
