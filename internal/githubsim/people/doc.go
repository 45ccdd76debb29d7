// Package people answers for those who live in an embedded GitHub: the hosted agents that are called by a label, the
// machines that check commits, and the reviewers, maintainers and strangers who do as they like. They know nothing of who
// uses that GitHub: what they react to is what anybody can see there.
//
// # How they live
//
// Whoever means to do something later puts it into a schedule, as an errand with its time. Live carries out every errand
// that is due, each at its own time, in one Update of the world together with what follows from it: the errands it leads
// to, what its doer remembers, the count of what was done. So a kill leaves an errand done or not done, never half, and a
// world on disk goes on where it stood. What a person draws depends on the seed and on the thing alone, never on the
// order of asking: the same requests at the same virtual times give the same world, however often Live is called between.
//
// # Who there is
//
//	agent.go, work.go, answer.go    hosted agents: called by a label or by assignment; eyes, commits, pull requests, answers
//	ci.go, workflow.go              checks of every new head, by the workflow files in its tree
//	reviewer.go                     reviews with threads; approvals where a branch demands them
//	maintainer.go                   merges, closes, renames and edits by hand
//	stranger.go                     issues, comments and pull requests of those without a say
//	queue.go                        the merge queue
//
// How often and how fast everything happens is in Manners.
package people
