-- {did_something}: whether a person registered, came or watched: an id that only an identity link names is no person yet.
(notEmpty(registration_at) OR first_session_at < {never} OR summary_at < {never} OR notEmpty(recording_view_at))
