-- {is_present}: whether the moment that is asked about is the present; a browser's clock may be some seconds behind.
{at:DateTime64(3, 'UTC')} >= now64(3) - INTERVAL 1 MINUTE
