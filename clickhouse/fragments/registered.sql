-- {registered then, now}: whether a person is registered, by the status when the webinar ended (before: now) and by the
-- present one (docs/contract.md, "registration").
{good {then}} AND {stands {now}}
