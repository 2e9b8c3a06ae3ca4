package main

import (
	"testing"

	"quotawall/pricing"
	"quotawall/sim/trace/logs"
)

// TestModelNamesAreReadAlike: the log readers and the catalog must see the same
// routing in a name, though neither can use the other.
func TestModelNamesAreReadAlike(t *testing.T) {
	cat, err := pricing.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	scopes := map[logs.Routing]string{logs.OnDemand: "", logs.Geo: "geo", logs.Global: "global"}
	for _, prefix := range []string{"", "global.", "us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "in.", "ca.", "sa.", "xx."} {
		for _, arn := range []string{"", "arn:aws:bedrock:us-east-1:111122223333:inference-profile/", "arn:aws:bedrock:us-east-1::foundation-model/"} {
			name := arn + prefix + "anthropic.claude-opus-4-6-v1"
			parsed := logs.ParseModel(name)
			id, scope, known := cat.ResolveModel(name)
			bare, _, bareKnown := cat.ResolveModel(parsed.Bare)
			if scopes[parsed.Routing] != scope || known != bareKnown || id != bare {
				t.Errorf("%s: %+v, but the catalog has %q, scope %q", name, parsed, id, scope)
			}
		}
	}
}
