// Package notify tells people that they are needed: on their desktop, by the
// terminal's bell, and by a webhook of theirs. What it tells is made of structure
// and our own words; nobody's title, comment or review goes out. A branch's name or
// what GitHub said to a refused write may be in it: whoever makes a Notice cleans it.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/gen2brain/beeep"
)

// Notice is one thing a person is needed for. It is the JSON that a webhook gets,
// version 1: core dev schema notification.
type Notice struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	About   string    `json:"about"` // owner/repo#n, the pull request or issue
	URL     string    `json:"url"`   // of its page
	Why     string    `json:"why"`
	Next    string    `json:"next"` // what to do
}

// Notifier tells by every way that is set.
type Notifier struct {
	Desktop bool
	Bell    io.Writer // a terminal; nil: none
	Hook    string    // URL; empty: none
	// Client sends to the hook; nil: one that gives up after ten seconds and
	// follows no redirect.
	Client *http.Client
}

var patient = &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Call calls whoever sits at this machine, by the desktop and the bell.
func (n Notifier) Call(list []Notice) error {
	if len(list) == 0 {
		return nil
	}
	var errs []error
	if n.Bell != nil {
		if _, err := io.WriteString(n.Bell, "\a"); err != nil {
			errs = append(errs, fmt.Errorf("the bell: %w", err))
		}
	}
	if n.Desktop {
		title := "core dev needs you"
		text := list[0].About + ": " + list[0].Why
		if len(list) > 1 {
			text += fmt.Sprintf("\nand %d more", len(list)-1)
		}
		if err := beeep.Notify(title, text, ""); err != nil {
			errs = append(errs, fmt.Errorf("the desktop could not be told: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Post sends to the hook, and returns how many of the list it took; an error names
// the host alone: its path may be a secret.
func (n Notifier) Post(ctx context.Context, list []Notice) (int, error) {
	if n.Hook == "" {
		return len(list), nil
	}
	for k, one := range list {
		if err := n.post(ctx, one); err != nil {
			return k, err
		}
	}
	return len(list), nil
}

func (n Notifier) post(ctx context.Context, one Notice) error {
	host := "its address"
	if u, err := url.Parse(n.Hook); err == nil {
		host = u.Host
	}
	one.Version = 1
	raw, err := json.Marshal(one)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.Hook, bytes.NewReader(raw))
	if err != nil {
		return errors.New("notifications.webhook: " + host + " is no address that can be asked")
	}
	req.Header.Set("Content-Type", "application/json")
	client := n.Client
	if client == nil {
		client = patient
	}
	resp, err := client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return fmt.Errorf("notifications.webhook: %s did not answer: %w", host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("notifications.webhook: %s answered %s", host, resp.Status)
	}
	return nil
}
