-- {current}: each webinar as it stands now. Each view of one moment has to ask for one; of what is kept it is always now.
current_webinars FINAL
WHERE thresholds = {thresholds} AND {at:DateTime64(3, 'UTC')} > toDateTime64(0, 3, 'UTC')
