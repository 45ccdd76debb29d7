// Package graph answers GitHub's GraphQL API from a world.World.
//
// schema.graphql is a subset of GitHub's public schema, cut from it by the program in cut along
// fields.txt; names, types, arguments and enum values are GitHub's own. The executor answers the
// exact selection a document makes, with GitHub's error shapes, page limits, node limit and
// point cost (docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
package graph

//go:generate go run ./cut $CORE_GITHUB_SCHEMA fields.txt schema.graphql
