SELECT worker, host, state, since, restarts, restarted, failed, error
FROM workers_at(at = {at})
ORDER BY state = 'gone' DESC, state = 'fails' DESC, host, worker
