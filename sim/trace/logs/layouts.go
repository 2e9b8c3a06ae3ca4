package logs

// layouts lists the kinds of tables, those told apart with certainty first.
func layouts() []layout {
	return []layout{burstGPT(), liteLLM(), langfuse(), helicone(), flatSpans(), plainTable("csv"), plainTable("jsonl")}
}

// burstGPT is the trace of Wang et al. (github.com/HPMLL/BurstGPT): parts 1 and 2
// with six columns, whole seconds; part 3 with session and elapsed time, and
// seconds with decimals; any part without its failed rows.
func burstGPT() layout {
	return layout{
		format: "burstgpt", inCSV: true, whole: true,
		marks: [][]string{{"timestamp", "model", "requesttokens", "responsetokens", "logtype"}},
		columns: []column{
			{"timestamp", fieldAt, 0}, {"requesttokens", fieldInput, 0}, {"responsetokens", fieldOutput, 0},
			{"model", fieldModel, 0}, {"logtype", fieldClass, 0}, {"sessionid", fieldSession, 0}, {"elapsedtime", fieldDuration, 0},
		},
		notes: []string{"times are seconds on the trace's own clock (0 is 00:00 of its first day); time 0 here is the first row"},
		amend: func(t *table, c *call) {
			if c.Output == 0 { // README: a failed call has no response tokens
				c.Status = failed
				t.note("rows without response tokens are failed calls (the publisher's rule); their status was set to 500")
			}
		},
	}
}

// liteLLM is a dump of the table LiteLLM_SpendLogs (docs.litellm.ai, spend logs).
func liteLLM() layout {
	return layout{
		format: "litellm", gather: true, inCSV: true, inJSON: true, whole: true, wraps: []string{"data", "response"},
		marks: [][]string{{"starttime", "prompttokens", "completiontokens", "calltype"}, {"starttime", "prompttokens", "completiontokens", "cachehit"},
			{"starttime", "prompttokens", "completiontokens", "modelgroup"}, {"starttime", "prompttokens", "completiontokens", "spend"}},
		columns: []column{
			{"starttime", fieldAt, guess}, {"endtime", fieldEnd, guess},
			{"prompttokens", fieldInput, 0}, {"completiontokens", fieldOutput, 0}, {"model", fieldModel, 0}, {"modelgroup", fieldModel, 0},
			{"sessionid", fieldSession, 0}, {"enduser", fieldUser, 0}, {"user", fieldUser, 0}, {"teamid", fieldClass, 0},
			{"status", fieldStatus, 0}, {"cachehit", fieldCacheHit, 0}, {"requestid", fieldID, 0},
			{"metadata.usageobject.cachereadinputtokens", fieldRead, 0},
			{"metadata.additionalusagevalues.cachereadinputtokens", fieldRead, 0},
			{"metadata.usage.cachereadinputtokens", fieldRead, 0},
			{"metadata.cachereadinputtokens", fieldRead, 0},
			{"metadata.usageobject.prompttokensdetails.cachedtokens", fieldRead, 0},
			{"metadata.additionalusagevalues.prompttokensdetails.cachedtokens", fieldRead, 0},
			{"metadata.usageobject.cachecreationinputtokens", fieldWrite, 0},
			{"metadata.additionalusagevalues.cachecreationinputtokens", fieldWrite, 0},
			{"metadata.usage.cachecreationinputtokens", fieldWrite, 0},
			{"metadata.cachecreationinputtokens", fieldWrite, 0},
		},
		notes: []string{"class is the team_id; cache counts are taken from the usage in metadata where it is there"},
		exclude: func(t *table) string {
			if t.truth(fieldCacheHit) {
				return "calls answered from the proxy's own cache"
			}
			return ""
		},
	}
}

// langfuse is an export of observations (langfuse.com/docs/api: Observation).
// Its kinds of usage are apart from each other.
func langfuse() layout {
	return layout{
		format: "langfuse", gather: true, inCSV: true, inJSON: true, wraps: []string{"data"},
		marks: [][]string{{"starttime", "usagedetails"}, {"starttime", "traceid", "usage.input"}, {"starttime", "traceid", "prompttokens"}, {"starttime", "traceid", "inputusage"}, {"starttime", "traceid", "usage"},
			{"starttime", "traceid", "type", "parentobservationid"}},
		columns: []column{
			{"starttime", fieldAt, guess}, {"endtime", fieldEnd, guess}, {"latency", fieldDuration, 0},
			{"usagedetails.input", fieldInput, 0}, {"usagedetails.inputtokens", fieldInput, 0}, {"usagedetails.prompttokens", fieldInput, 0}, {"usage.input", fieldInput, 0},
			{"usage.prompttokens", fieldInput, 0}, {"prompttokens", fieldInput, 0}, {"inputusage", fieldInput, 0},
			{"usagedetails.output", fieldOutput, 0}, {"usagedetails.outputtokens", fieldOutput, 0}, {"usagedetails.completiontokens", fieldOutput, 0}, {"usage.output", fieldOutput, 0},
			{"usage.completiontokens", fieldOutput, 0}, {"completiontokens", fieldOutput, 0}, {"outputusage", fieldOutput, 0},
			{"usagedetails.cachereadinputtokens", fieldRead, 0}, {"usagedetails.inputcachereadtokens", fieldRead, 0}, {"usagedetails.inputcacheread", fieldRead, 0}, {"usagedetails.inputcachedtokens", fieldRead, 0},
			{"usagedetails.cachecreationinputtokens", fieldWrite, 0}, {"usagedetails.inputcachecreation", fieldWrite, 0},
			{"model", fieldModel, 0}, {"providedmodelname", fieldModel, 0}, {"modelparameters.maxtokens", fieldMax, 0},
			{"sessionid", fieldSession, 0}, {"userid", fieldUser, 0}, {"name", fieldClass, 0},
			{"level", fieldStatus, 0}, {"type", fieldKind, 0}, {"id", fieldID, 0},
		},
		notes: []string{"class is the observation's name; input counts and cache counts are apart from each other"},
		exclude: func(t *table) string {
			if kind := string(plain(nil, t.text(fieldKind))); kind != "" && kind != "generation" && kind != "embedding" {
				return "observations that are no generation"
			}
			if len(t.text(fieldInput))+len(t.text(fieldOutput)) == 0 && outcome(t.text(fieldStatus)) == 0 {
				return "generations without counts of tokens"
			}
			return ""
		},
	}
}

// helicone is what npx @helicone/export writes, by the names of Helicone's
// request query (docs.helicone.ai); those of the CSV are not documented.
func helicone() layout {
	return layout{
		format: "helicone", gather: true, inCSV: true, inJSON: true, wraps: []string{"data"},
		marks: [][]string{{"requestcreatedat"}, {"heliconeid"}, {"createdat", "delayms"}, {"createdat", "prompttokens", "latency"}, {"requestid", "delayms"}},
		columns: []column{
			{"requestcreatedat", fieldAt, guess}, {"createdat", fieldAt, guess}, {"timestamp", fieldAt, guess}, {"responsecreatedat", fieldEnd, guess},
			{"prompttokens", fieldInput, 0}, {"requestprompttokens", fieldInput, 0}, {"inputtokens", fieldInput, 0},
			{"completiontokens", fieldOutput, 0}, {"responsecompletiontokens", fieldOutput, 0}, {"outputtokens", fieldOutput, 0},
			{"promptcachereadtokens", fieldRead, 0}, {"promptcachewritetokens", fieldWrite, 0},
			{"delayms", fieldDuration, 3}, {"latencyms", fieldDuration, 3}, {"latency", fieldDuration, 3},
			{"model", fieldModel, 0}, {"requestmodel", fieldModel, 0}, {"responsemodel", fieldModel, 0},
			{"requestuserid", fieldUser, 0}, {"userid", fieldUser, 0}, {"user", fieldUser, 0},
			{"requestproperties.heliconesessionid", fieldSession, 0}, {"properties.heliconesessionid", fieldSession, 0}, {"sessionid", fieldSession, 0}, {"session", fieldSession, 0},
			{"requestproperties.app", fieldClass, 0}, {"properties.app", fieldClass, 0},
			{"responsestatus", fieldStatus, 0}, {"status", fieldStatus, 0}, {"cacheenabled", noField, 0}, {"cachehit", fieldCacheHit, 0},
			{"requestid", fieldID, 0}, {"heliconeid", fieldID, 0}, {"id", fieldID, 0},
		},
		notes: []string{"input counts and cache counts are taken as apart from each other (not documented)"},
		exclude: func(t *table) string {
			if t.truth(fieldCacheHit) {
				return "calls answered from the proxy's own cache"
			}
			return ""
		},
	}
}
