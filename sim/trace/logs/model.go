package logs

import "strings"

// Routing is how a Bedrock model name routes a call, which decides on its quota
// pool and its price.
type Routing string

// Routing classes.
const (
	OnDemand    Routing = "on-demand"   // the model itself, in the Region of the call
	Geo         Routing = "geo"         // a profile over the Regions of one geography
	Global      Routing = "global"      // a profile over all Regions
	Provisioned Routing = "provisioned" // bought capacity
	// Opaque: an application inference profile, a custom model or a router,
	// whose name does not tell what it stands for.
	Opaque Routing = "opaque"
)

// ModelName is what a model id, an inference-profile id or an ARN of either says.
type ModelName struct {
	Bare    string // the model's id without profile prefix and ARN, as "anthropic.claude-opus-4-6-v1"
	Routing Routing
	Prefix  string // of a geographic profile: "us", "eu", "apac" ...
	Region  string // of an ARN
	Account string // of an ARN
}

// ParseModel takes a name of a model as a Bedrock log gives it apart. A name
// that is no Bedrock name comes back whole, as on-demand. The forms are those of
// docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html.
//
// Catalog.ResolveModel of package pricing takes the same names to catalog ids;
// neither package may import the other, and a log is read without a catalog. A
// test of the command holds both to the same prefixes.
func ParseModel(name string) ModelName {
	m := ModelName{Bare: name, Routing: OnDemand}
	kind := ""
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[2] == "bedrock" {
		m.Region, m.Account = parts[3], parts[4]
		kind, m.Bare, _ = strings.Cut(parts[5], "/")
	}
	switch kind {
	case "", "foundation-model", "inference-profile":
		m.profile()
	case "provisioned-model":
		m.Routing = Provisioned
	default:
		m.Routing = Opaque
	}
	return m
}

// profile takes the prefix of a cross-Region inference profile off.
func (m *ModelName) profile() {
	prefix, rest, ok := strings.Cut(m.Bare, ".")
	if !ok || !strings.Contains(rest, ".") && !strings.Contains(rest, "-") {
		return
	}
	switch prefix {
	case "global":
		m.Bare, m.Routing = rest, Global
	case "us", "us-gov", "eu", "apac", "jp", "au", "in", "ca":
		m.Bare, m.Routing, m.Prefix = rest, Geo, prefix
	}
}
