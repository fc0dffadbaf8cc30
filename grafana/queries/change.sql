-- {change shown, difference, number, before, variance}: a number as it is shown and how it differs from before; a mark
-- only where chance does not explain that (two standard deviations).
multiIf(
    {number} IS NULL, NULL,
    {before} IS NULL, {shown},
    concat({shown}, if(
        {variance} IS NULL OR abs({number} - {before}) <= 2 * sqrt({variance}), ' · ',
        concat(' ', {mark {number}, {before}, {before}}, ' ')), {difference}))
