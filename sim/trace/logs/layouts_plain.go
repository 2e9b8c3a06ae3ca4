package logs

// flatSpans is a table of spans whose attributes are columns, by the names of
// OpenTelemetry's semantic conventions for generative AI
// (open-telemetry/semantic-conventions, docs/gen-ai/gen-ai-spans.md).
func flatSpans() layout {
	l := layout{
		format: "otel", gather: true, inCSV: true, inJSON: true, whole: true, wraps: []string{"data", "spans"},
		notes:   []string{"input counts include cached tokens, as the OpenTelemetry convention has it; some SDKs send them apart"},
		exclude: func(t *table) string { return notACall(t.text(fieldKind)) },
	}
	times := []column{
		{"starttimeunixnano", fieldAt, 9}, {"startunixnano", fieldAt, 9}, {"starttime", fieldAt, guess}, {"timestamp", fieldAt, guess}, {"time", fieldAt, guess}, {"start", fieldAt, guess},
		{"endtimeunixnano", fieldEnd, 9}, {"endtime", fieldEnd, guess}, {"end", fieldEnd, guess},
		{"durationms", fieldDuration, 3}, {"durationns", fieldDuration, 9}, {"durationnano", fieldDuration, 9}, {"duration", fieldDuration, guess},
		{"spanid", fieldID, 0}, {"context.spanid", fieldID, 0}, {"status.code", fieldStatus, 0}, {"statuscode", fieldStatus, 0}, {"status", fieldStatus, 0},
	}
	attributes := []column{
		{"genai.usage.inputtokens", fieldInput, 0}, {"genai.usage.prompttokens", fieldInput, 0},
		{"genai.usage.outputtokens", fieldOutput, 0}, {"genai.usage.completiontokens", fieldOutput, 0},
		{"genai.usage.cacheread.inputtokens", fieldRead, 0}, {"genai.usage.cachereadinputtokens", fieldRead, 0},
		{"genai.usage.cachecreation.inputtokens", fieldWrite, 0}, {"genai.usage.cachecreationinputtokens", fieldWrite, 0},
		{"genai.request.model", fieldModel, 0}, {"genai.response.model", fieldModel, 0}, {"genai.request.maxtokens", fieldMax, 0},
		{"genai.conversation.id", fieldSession, 0}, {"session.id", fieldSession, 0}, {"user.id", fieldUser, 0}, {"enduser.id", fieldUser, 0},
		{"genai.agent.name", fieldClass, 0}, {"cloud.account.id", fieldAccount, 0}, {"error.type", fieldStatus, 0}, {"genai.operation.name", fieldKind, 0},
	}
	for _, c := range attributes {
		for _, prefix := range []string{"", "attributes.", "spanattributes.", "attributes.span.", "span.attributes.", "tags."} {
			l.columns = append(l.columns, column{prefix + c.name, c.field, c.scale})
			if c.field == fieldInput {
				l.marks = append(l.marks, []string{prefix + c.name})
			}
		}
	}
	l.columns = append(l.columns, times...)
	return l
}

// notACall says why a span of an operation is no model call. An agent's span
// repeats the counts of the calls inside it.
func notACall(operation []byte) string {
	switch string(operation) {
	case "", "chat", "text_completion", "generate_content", "embeddings", "completion":
		return ""
	}
	return noModelCall
}

const noModelCall = "spans that are no model call"

// plainTable is a table of the user's own. Its columns are known by usual names
// unless a mapping says better.
func plainTable(format string) layout {
	l := layout{format: format, inCSV: format == "csv", inJSON: format == "jsonl", whole: true, wraps: []string{"data", "requests", "rows"}}
	usual := []struct {
		field
		names []string
	}{
		{fieldAt, []string{"timestamp", "starttime", "startedat", "start", "time", "at", "ts", "datetime", "date", "createdat", "created", "requesttime", "arrivaltime", "arrivaltimestamp", "arrivedat"}},
		{fieldEnd, []string{"endtime", "endedat", "finishedat", "end"}},
		{fieldInput, []string{"inputtokens", "prompttokens", "tokensin", "inputtokencount", "inputlength", "numprefilltokens", "contexttokens", "promptsize", "input", "prompt", "in"}},
		{fieldOutput, []string{"outputtokens", "completiontokens", "tokensout", "outputtokencount", "outputlength", "numdecodetokens", "generatedtokens", "tokensize", "output", "completion", "out"}},
		{fieldModel, []string{"model", "modelid", "modelname"}},
		{fieldMax, []string{"maxtokens", "maxoutputtokens", "maxcompletiontokens"}},
		{fieldSession, []string{"sessionid", "session", "conversationid", "conversation", "chatid", "threadid"}},
		{fieldUser, []string{"userid", "user", "enduser"}},
		{fieldClass, []string{"class", "feature", "app", "task", "type"}},
		{fieldRead, []string{"cachereadtokens", "cachereadinputtokens", "cacheread", "cachedtokens"}},
		{fieldWrite, []string{"cachewritetokens", "cachecreationinputtokens", "cachewriteinputtokens", "cachewrite", "cachecreation"}},
		{fieldDuration, []string{"duration", "latency", "elapsed"}},
		{fieldAccount, []string{"accountid", "account"}},
		{fieldStatus, []string{"statuscode", "status", "httpstatus"}},
	}
	for _, u := range usual {
		for _, name := range u.names {
			l.columns = append(l.columns, spelled(name, u.field)...)
		}
	}
	return l
}

// spelled is a column with the usual endings for its unit.
func spelled(name string, f field) []column {
	out := []column{{name, f, guess}}
	if f == fieldAt || f == fieldEnd || f == fieldDuration {
		out = append(out, column{name + "s", f, 0}, column{name + "seconds", f, 0}, column{name + "sec", f, 0},
			column{name + "ms", f, 3}, column{name + "us", f, 6}, column{name + "ns", f, 9})
	}
	return out
}
