package githubsim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/people"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
)

// control serves what is below /_sim/, the only paths that are not GitHub's, for tests in other processes:
//
//	GET  /_sim/requests?since=SEQ   {"last": N, "totals": {...}, "requests": [records above SEQ]}
//	GET  /_sim/clock                {"now": TIME}, virtual
//	POST /_sim/clock                {"advance": "90s"} puts the clock forward and answers as GET
//	GET  /_sim/faults               {"spec": "..."}
//	POST /_sim/faults               {"spec": "..."} replaces the faults in force, or 400 with what is wrong
//	GET  /_sim/people?since=SEQ     {"manners": NAME, "counts": {...}, "due": N, "next": TIME, "deeds": [those above SEQ]}
//	POST /_sim/people               {"manners": "none|calm|brisk|lively|wild"} has people live so from now on, and answers as GET
//	GET  /_sim/token?login=LOGIN    {"token": "..."} of that user, with every scope
//
// Requests here are not counted, not limited and not in the journal.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	wrong := func(message string) { answer(http.StatusBadRequest, map[string]string{"message": message}) }
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/requests":
		since, err := strconv.ParseInt("0"+r.URL.Query().Get("since"), 10, 64)
		if err != nil {
			wrong("since is the number of a request, from 0")
			return
		}
		records := s.log.Since(since)
		answer(http.StatusOK, map[string]any{"last": s.log.Last(), "totals": requestlog.Sum(records), "requests": append([]requestlog.Record{}, records...)})
	case "POST /_sim/clock":
		var in struct{ Advance string }
		err := json.NewDecoder(r.Body).Decode(&in)
		d, bad := time.ParseDuration(in.Advance)
		if err != nil || bad != nil || d < 0 {
			wrong(`want {"advance": "90s"}, a duration that is not negative`)
			return
		}
		s.Advance(d)
		fallthrough
	case "GET /_sim/clock":
		answer(http.StatusOK, map[string]any{"now": s.clock.Now().UTC()})
	case "POST /_sim/faults":
		var in struct{ Spec string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			wrong(`want {"spec": "..."}: ` + err.Error())
			return
		}
		if err := s.faults.Replace(in.Spec); err != nil {
			wrong(err.Error())
			return
		}
		fallthrough
	case "GET /_sim/faults":
		answer(http.StatusOK, map[string]string{"spec": s.faults.String()})
	case "POST /_sim/people":
		var in struct{ Manners string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			wrong(`want {"manners": "..."}: ` + err.Error())
			return
		}
		m, err := people.Named(in.Manners)
		if err != nil {
			wrong(err.Error())
			return
		}
		if err := s.people.SetManners(m); err != nil {
			answer(http.StatusInternalServerError, map[string]string{"message": err.Error()})
			return
		}
		fallthrough
	case "GET /_sim/people":
		since, err := strconv.Atoi("0" + r.URL.Query().Get("since"))
		if err != nil {
			wrong("since is the number of a deed, from 0")
			return
		}
		answer(http.StatusOK, s.peopleState(since))
	case "GET /_sim/token":
		token := s.Token(r.URL.Query().Get("login"))
		if token == "" {
			answer(http.StatusNotFound, map[string]string{"message": "no such user"})
			return
		}
		answer(http.StatusOK, map[string]string{"token": token})
	default:
		answer(http.StatusNotFound, map[string]string{"message": "no such control: see /_sim/requests, /_sim/clock, /_sim/faults, /_sim/people, /_sim/token"})
	}
}

// Advance puts the virtual clock forward; late effects that are due by then happen.
func (s *Server) Advance(d time.Duration) {
	s.clock.Advance(d)
	s.catchUp()
}
