package sim

// Message is AWS's own text for a refusal by this limit, empty for what is no
// refusal by AWS (facts of 2026-11-23: user guide, troubleshooting API error
// codes, API reference, and messages seen in users' reports). The daily text is also what an
// account hears whose daily quota is 0.
func (l Limit) Message() string {
	switch l {
	case RequestsPerMinute:
		return "ThrottlingException (429): Too many requests, please wait before trying again."
	case TokensPerMinute, InputTokensPerMinute, OutputTokensPerMinute:
		return "ThrottlingException (429): Too many tokens, please wait before trying again."
	case TokensPerDay, TokensPerDayAccount:
		return "ThrottlingException (429): Too many tokens per day, please wait before trying again."
	case TooLong:
		return "ValidationException (400): Input is too long for requested model."
	case Capacity:
		return "ServiceUnavailableException (503): The service isn't available. Try again later."
	default:
		return ""
	}
}
