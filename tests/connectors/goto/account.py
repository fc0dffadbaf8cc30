"""What the fake account holds: one webinar that has ended, one to come; invented people."""

from typing import Any

from tests.connectors.goto.fake import SESSION, WEBINAR, Fake

COMING = 999


def registrant(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "firstName": "N",
        "lastName": "N",
        "email": f"person{number}@example.com",
        "registrantKey": 8_000_000_000_000_000_000 + number,
        "registrationDate": f"2026-11-20T09:{number:02d}:00Z",
        "status": "APPROVED",
        "joinUrl": "https://global.gotowebinar.example/join/1",
        "timeZone": "Europe/Lisbon",
        **changes,
    }


def attendee(number: int, *intervals: tuple[str, str | None], seconds: int = 0) -> dict[str, Any]:
    return {
        "registrantKey": 8_000_000_000_000_000_000 + number,
        "firstName": "N",
        "lastName": "N",
        "email": f"person{number}@example.com",
        "attendanceTimeInSeconds": seconds,
        "sessionKey": SESSION,
        "attendance": [{"joinTime": join, "leaveTime": leave} for join, leave in intervals],
    }


def account(**changes: Any) -> Fake:
    def webinar(key: int, day: str) -> dict[str, Any]:
        return {
            "webinarKey": str(key),
            "organizerKey": "1234567890123456789",
            "subject": "Python from zero",
            "times": [{"startTime": f"{day}T18:00:00Z", "endTime": f"{day}T19:00:00Z"}],
            "timeZone": "Europe/Lisbon",
            "locale": "en_US",
            "experienceType": "CLASSIC",
        }

    return Fake(
        webinars=[webinar(WEBINAR, "2026-11-22"), webinar(COMING, "2026-11-29"), webinar(COMING + 1, "2026-12-06")],
        sessions=[
            {
                "sessionKey": str(SESSION),
                "webinarKey": str(WEBINAR),
                "webinarName": "Python from zero",
                "startTime": "2026-11-22T18:01:00Z",
                "endTime": "2026-11-22T19:02:00Z",
                "registrantsAttended": 3,
                "registrantCount": 5,
                "timeZone": "Europe/Lisbon",
                "experienceType": "CLASSIC",
            }
        ],
        registrants={str(WEBINAR): [registrant(n) for n in range(5)], str(COMING): [registrant(7)]},
        attendees={
            str(SESSION): [
                attendee(
                    0,
                    ("2026-11-22T18:02:00Z", "2026-11-22T18:20:00Z"),
                    ("2026-11-22T18:30:00Z", "2026-11-22T19:00:00Z"),
                ),
                attendee(1, ("2026-11-22T18:05:00Z", None), seconds=1200),
                attendee(2, seconds=600),
            ]
        },
        **changes,
    )
