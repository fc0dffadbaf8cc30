-- {live_stays}: the stays of a row of stays_at that go on after the start: those before it are waiting.
arrayFilter(stay -> stay.{stay.end} > begin_ms, stays)
