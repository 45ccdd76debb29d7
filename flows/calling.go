package flows

import "github.com/dappcore/core-dev/inventory"

// Call has an agent work on a child that no label hands it: a command of this
// machine. It is a dispatch (spec/2-flows "agent label, or the agent's own call");
// what shows that it was made is the agent's own record of the reservation, and no
// event on GitHub.
type Call struct {
	Child  inventory.Ref
	Agent  string
	Epic   inventory.Ref // zero: a direct dispatch
	Branch string        // that its pull request goes into, in the child's repository; short name
}

func (Call) Kind() string     { return "call" }
func (e Call) Target() string { return e.Child.String() }
func (e Call) Detail() string { return e.Agent + ", into " + e.Branch }
func (Call) cost() Cost       { return Cost{Tasks: 1} }
