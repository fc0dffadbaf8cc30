-- {said_of_source source}: what a key of the table sources says beside its group: medium, campaign and the source itself.
JSONExtractString({source}, 'utm_medium') AS medium,
JSONExtractString({source}, 'utm_campaign') AS campaign,
arrayFirst(text -> text != '', [
    JSONExtractString({source}, 'utm_source'),
    JSONExtractString({source}, 'tracking_code'),
    JSONExtractString({source}, 'platform_source'),
    domainWithoutWWW(JSONExtractString({source}, 'referrer')),
    JSONExtractString({source}, 'referrer')
]) AS raw_source
