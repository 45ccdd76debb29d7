// Package budget answers what may be spent: what the dispatch log says was
// used, what is held by open reservations, what the team's quotas leave, and
// whether so many more tasks may be dispatched now, and at whose charge.
//
// It is pure: no files, no clock, no process. The instant is always an
// argument, and every day is a day in UTC.
//
// # The dispatch log
//
// One line a dispatch, dated to the minute:
//
//	2026-02-04T10:00Z web-api #29 jules #118 @ada
//	TIMESTAMP         REPO    ISSUE AGENT EPIC MEMBER
//
// EPIC is "-" for a direct dispatch and "owner/name#118" when the epic lives
// in another repository than the child; REPO is "name" or "owner/name"; MEMBER
// is left out in lines written before members were recorded. An older form is
// read too:
//
//	2026-02-04T10:00Z dispatched #29 to jules in web-api
//
// A line that is not exactly one of these is unreadable. It is never guessed
// at, and as long as it holds today's date it counts as a task spent, so that
// used today + today's unreadable lines = `grep DATE dispatch.log | wc -l`.
//
// # Who is charged
//
// A line with a member is charged to that member. Everything else that was
// spent (older lines, dispatches seen on GitHub only, unreadable lines) is
// assigned as a flow between the members' quotas and the repositories they
// connected, in the order given, and is shown as assumed. A charge is moved to
// another member when that makes room for one that could go nowhere else, so
// the assumption never blocks work that some assignment would allow. What no
// connected member can be charged for (a repository in nobody's list, a member
// who left, a line nobody can read) is taken from whoever has room: it was
// somebody's quota.
//
// # What gates a dispatch
//
// Used, held and remaining over the whole pool are what a person looks at.
// What gates a dispatch is the agent's own window alone: agents without a quota
// of their own draw together on the members' quotas, an agent with one draws on
// that.
//
// Windows are counted by the clock that dates dispatches, GitHub's. How far it is
// ahead of the instant given is an argument, measured and so inexact: a dispatch
// needs room in the window at every instant GitHub's clock may show, so around
// midnight in the day before and the day after. Where nothing was measured these
// are five minutes to either side, else fifteen seconds.
package budget
