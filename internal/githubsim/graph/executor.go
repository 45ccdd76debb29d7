package graph

import (
	"context"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Plan is what a document asks for, known before anything of it is executed.
type Plan struct {
	Operation string   // its name; of an anonymous one "query" or "mutation"
	Mutations []string // the mutation fields it will execute, in order
	Cost      int      // points
	Nodes     int
	Fields    []string // keys of the root fields
}

// Rate is the state of a caller's GraphQL points, this request's included.
type Rate struct {
	Limit, Remaining, Used int
	ResetAt                time.Time
}

// Options connect an Executor to its server. Every field may be zero.
type Options struct {
	// WebURL is the origin of url fields; default "https://github.com".
	WebURL string
	// Search finds issues as they were some time ago; default: an index without delay.
	Search *searchindex.Index
	// Rate answers the field rateLimit.
	Rate func(world.Actor) Rate
	// Admit may refuse a request before it is executed, with an error of type RATE_LIMITED for
	// instance; the answer is then HTTP 200 with that error alone.
	Admit func(context.Context, world.Actor, Plan) *Error
	// ResourceNodes is the number of nodes one request may return before the rest of its root
	// fields come back null with RESOURCE_LIMITS_EXCEEDED; 0: no such limit.
	ResourceNodes int
	// Overrun tells that a request is to run out of resources after that many root fields; for
	// faults. Negative: it is not.
	Overrun func(Plan) int
	// Lag is how far lists of issues and pull requests, and references in timelines, are behind
	// this request; for faults. It is asked when a list is made.
	Lag func() time.Duration
}

// Executor answers GraphQL requests from one world. It is safe for concurrent use.
type Executor struct {
	world *world.World
	opts  Options
}

// New returns an executor on w.
func New(w *world.World, opts Options) *Executor {
	if opts.WebURL == "" {
		opts.WebURL = "https://github.com"
	}
	if opts.Search == nil {
		opts.Search = searchindex.New(0)
	}
	return &Executor{world: w, opts: opts}
}

// NodesAllowed is how many nodes one document may ask for.
const NodesAllowed = 500_000

// Execute answers req as actor. It never fails: whatever is wrong is in the response's errors,
// which GitHub sends with HTTP 200.
func (e *Executor) Execute(ctx context.Context, actor world.Actor, req Request) Response {
	if strings.TrimSpace(req.Query) == "" {
		return refuse(&Error{Message: "A query attribute must be specified and must be a string."})
	}
	doc, errs := read(req.Query)
	if len(errs) > 0 {
		return refuse(errs...)
	}
	op, refusal := operation(doc, req.OperationName)
	if refusal != nil {
		return refuse(refusal)
	}
	vars, errs := variables(op, req.Variables)
	if len(errs) > 0 {
		return refuse(errs...)
	}
	x := &execution{
		executor: e, ctx: ctx, actor: actor, web: req.WebURL,
		collector: &collector{doc: doc, vars: vars, known: map[collectKey][]*selected{}},
	}
	if x.web == "" {
		x.web = e.opts.WebURL
	}
	root := rootType(op)
	x.root = &selected{fields: []*ast.Field{{SelectionSet: op.SelectionSet}}}
	x.plan = plan(op, x.collector.under(root.Name, x.root))
	x.plan.Cost, x.plan.Nodes = cost(doc, op, vars)
	resp := Response{Operation: x.plan.Operation, Cost: x.plan.Cost, Nodes: x.plan.Nodes}
	if x.plan.Nodes > NodesAllowed {
		resp.Errors = []*Error{tooManyNodes(op, x.plan.Nodes)}
		return resp
	}
	if e.opts.Admit != nil {
		if refusal := e.opts.Admit(ctx, actor, x.plan); refusal != nil {
			resp.Errors = []*Error{refusal}
			return resp
		}
	}
	if op.Operation == ast.Mutation {
		x.mutate(root.Name)
		resp.Mutations = x.plan.Mutations
	} else {
		x.query(root.Name)
	}
	resp.Data, resp.Errors = x.out, x.errs
	return resp
}

func plan(op *ast.OperationDefinition, fields []*selected) Plan {
	p := Plan{Operation: op.Name}
	if p.Operation == "" {
		p.Operation = string(op.Operation)
	}
	for _, f := range fields {
		p.Fields = append(p.Fields, f.key)
		if op.Operation == ast.Mutation {
			p.Mutations = append(p.Mutations, f.def.Name)
		}
	}
	return p
}

func operation(doc *ast.QueryDocument, name string) (*ast.OperationDefinition, *Error) {
	if name == "" {
		if len(doc.Operations) == 1 {
			return doc.Operations[0], nil
		}
		return nil, &Error{Message: "An operation name is required"}
	}
	if op := doc.Operations.ForName(name); op != nil {
		return op, nil
	}
	return nil, &Error{Message: `No operation named "` + name + `"`}
}

func syntaxError(err error) *Error {
	out := &Error{Message: "Parse error on " + err.Error()}
	if ge, ok := err.(*gqlerror.Error); ok {
		out.Message = "Parse error: " + ge.Message
		for _, l := range ge.Locations {
			out.Locations = append(out.Locations, Location{Line: l.Line, Column: l.Column})
		}
	}
	return out
}

// execution is one request under way.
type execution struct {
	executor  *Executor
	ctx       context.Context
	actor     world.Actor
	web       string
	collector *collector
	root      *selected
	plan      Plan
	tx        *world.Tx
	out       []byte
	errs      []*Error
	nodes     int // returned so far, for the resource limit
}

// query executes all root fields on one state of the world.
func (x *execution) query(typ string) {
	err := x.executor.world.View(func(tx *world.Tx) error {
		x.tx = tx
		x.roots(typ, func(f *selected, at *fieldPath) bool { return x.field(typ, rootObject{}, f, at) })
		return nil
	})
	if err != nil {
		x.errs = append(x.errs, &Error{Message: "Something went wrong while executing your query: " + err.Error()})
	}
}

// mutate executes the root fields one after the other, each a change of its own: one that fails
// leaves those before it done and those after it to be done.
func (x *execution) mutate(typ string) {
	x.roots(typ, func(f *selected, at *fieldPath) bool {
		var payload any
		start := len(x.out)
		ok := true
		err := x.executor.world.Update(x.actor, func(tx *world.Tx) error {
			x.tx = tx
			var err error
			if payload, err = x.change(f); err != nil {
				return err
			}
			ok = x.value(f.def.Type, payload, f, at)
			return nil
		})
		if err != nil {
			x.fail(err, f, at)
			return x.null(f.def.Type, start)
		}
		return ok
	})
}

// roots writes the data object; false from one leaves null as the whole.
func (x *execution) roots(typ string, one func(*selected, *fieldPath) bool) {
	overrun := -1
	if x.executor.opts.Overrun != nil {
		overrun = x.executor.opts.Overrun(x.plan)
	}
	dry := false
	fields := x.collector.under(typ, x.root)
	for _, f := range fields {
		dry = dry || f.def.Name == "rateLimit" && f.args.flag("dryRun")
	}
	x.out = append(x.out, '{')
	for i, f := range fields {
		if dry && f.def.Name != "rateLimit" {
			continue
		}
		if len(x.out) > 1 {
			x.out = append(x.out, ',')
		}
		x.out = append(append(append(x.out, '"'), f.key...), '"', ':')
		at := &fieldPath{nil, f.key}
		if limit := x.executor.opts.ResourceNodes; typ == "Query" && (overrun >= 0 && i >= overrun || limit > 0 && x.nodes > limit) && !f.def.Type.NonNull {
			x.fail(&Error{Type: ResourceLimits, Message: "Resource limits for this query exceeded."}, f, at)
			x.out = append(x.out, "null"...)
			continue
		}
		if !one(f, at) {
			x.out = append(x.out[:0], "null"...)
			return
		}
	}
	x.out = append(x.out, '}')
}
