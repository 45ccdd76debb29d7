package world

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"slices"
	"sync"
)

var loginForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9]|-[A-Za-z0-9])*(?:-[A-Za-z0-9]+)*$`)
})

// CreateUser makes an account. Only the system may.
func (tx *Tx) CreateUser(n NewUser) (*User, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	if !tx.actor.system {
		return nil, forbidden("Must be a site administrator.")
	}
	if len(n.Login) > 39 || !loginForm().MatchString(n.Login) {
		return nil, invalid(coded("User", "login", "invalid"))
	}
	if tx.UserByLogin(n.Login) != nil {
		return nil, invalid(coded("User", "login", "already_exists"))
	}
	if n.Kind == "" {
		n.Kind = Person
	}
	u := &User{ID: tx.nextID(), Login: n.Login, Name: n.Name, Kind: n.Kind, CreatedAt: tx.Now()}
	tx.s.users.put(u.ID, u)
	return u, nil
}

// CreateOrg makes an organisation whose owners administer it. Only the system may.
func (tx *Tx) CreateOrg(login, name string, owners ...*User) (*User, error) {
	org, err := tx.CreateUser(NewUser{Login: login, Name: name, Kind: Organization})
	for _, o := range owners {
		if err != nil {
			return nil, err
		}
		org, err = tx.AddMember(org, o, true)
	}
	return org, err
}

// AddMember makes a user a member of an organisation, or an owner of it.
func (tx *Tx) AddMember(org, user *User, owner bool) (*User, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	if org = tx.s.users.rows[org.ID]; org == nil || org.Kind != Organization || user.Kind == Organization {
		return nil, notFound()
	}
	if v := tx.Viewer(); !tx.actor.system && (v == nil || !slices.Contains(org.Owners, v.ID)) {
		return nil, forbidden("You must be an admin of this organization.")
	}
	return tx.s.users.update(org.ID, func(o *User) {
		if !slices.Contains(o.Members, user.ID) {
			o.Members = append(o.Members, user.ID)
		}
		o.Owners = slices.DeleteFunc(o.Owners, func(id int64) bool { return id == user.ID })
		if owner {
			o.Owners = append(o.Owners, user.ID)
		}
	}), nil
}

// Conceal hides a user's membership of an organisation: what the user writes there
// shows as by one who contributed, or by nobody in particular.
func (tx *Tx) Conceal(org, user *User) (*User, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	if org = tx.s.users.rows[org.ID]; org == nil || !slices.Contains(org.Members, user.ID) {
		return nil, notFound()
	}
	if v := tx.Viewer(); !tx.actor.system && (v == nil || v.ID != user.ID) {
		return nil, forbidden("Only the member may do that.")
	}
	return tx.s.users.update(org.ID, func(o *User) {
		if !slices.Contains(o.Concealed, user.ID) {
			o.Concealed = append(o.Concealed, user.ID)
		}
	}), nil
}

// CreateToken makes a token. Without a text it gets one of GitHub's form that
// follows from its id: a demo's tokens are no secrets.
func (tx *Tx) CreateToken(n NewToken) (*Token, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	if n.User == nil || tx.s.users.rows[n.User.ID] == nil {
		return nil, notFound()
	}
	if v := tx.Viewer(); !tx.actor.system && (v == nil || v.ID != n.User.ID) {
		return nil, forbidden("A token is made by its user.")
	}
	id := tx.nextID()
	if n.Text == "" {
		prefix := "ghp_"
		if len(n.Repos) > 0 {
			prefix = "github_pat_"
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "token %d of %d", id, n.User.ID))
		n.Text = prefix + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])[:36]
	}
	if tx.s.tokenByText[n.Text] != nil {
		return nil, invalid(coded("Token", "text", "already_exists"))
	}
	row := &tokenRow{ID: id, Token: Token{Text: n.Text, UserID: n.User.ID, Scopes: slices.Clone(n.Scopes), Repos: slices.Clone(n.Repos), Expires: n.Expires}}
	tx.s.tokens.put(id, row)
	return &row.Token, nil
}
