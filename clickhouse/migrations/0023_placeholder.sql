-- Stands for a migration that another branch brings: to be dropped when they are merged.
SELECT 1;
