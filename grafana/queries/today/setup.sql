SELECT concat(toString(step), '. ', name) AS name, if(done, 'Done', 'To do') AS state, sentence
FROM setup_steps
ORDER BY step
