package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newConceptsCmd is a help topic: `quotawall help concepts`.
func newConceptsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "concepts", Short: "What quota, reservation, settlement, burndown and exhaustion mean", Args: takes(0, 0)}
	cmd.Long = `QUOTA       Bedrock limits each account, source Region, scope (on-demand, geo, global) and model: requests a minute (RPM),
            tokens a minute (TPM), tokens a day (TPD). Since 2026-09-21 one cross-model pool a day may stand in for TPD.
RESERVATION A call that starts takes fresh input + cache write + max_tokens from TPM and TPD. Cache reads take nothing. Where
            max_tokens is unset, the model's maximum is reserved: 31 calls fill 2,000,000 TPM instead of 1,333.
ADMISSION   RPM, TPM, TPD and the pool are asked in this order. The first that has no room refuses (429) and nothing is taken.
SETTLEMENT  When a call ends it is charged fresh input + cache write + output x burndown; the rest of the reservation goes
            back if its window is still open. The charge can exceed the reservation and block later calls, never its own.
BURNDOWN    What one output token counts against quota: 1, 5, 10 or 15 by model. The bill never uses it.
EXHAUSTION  first refused: the first call a limit turned away. by reservation: it would have fitted, had running calls been
            at their final charge. spent: the first call that no longer fitted beside settled use: the wall itself.
SERVED      A cheap plan that refuses most of the traffic is not cheap: cost, share of requests and share of tokens stand
            side by side. degraded: answered by a model below the wished tier. deferred: through a queue or batch.
STEPS       A step of the progression is new values for scenario keys, laid over the steps before it; --set is the same.

Keys: 'quotawall scenario keys'. Readings of what AWS leaves open: 'quotawall explain', 'quotawall run --readings'.`
	cmd.SetHelpFunc(func(*cobra.Command, []string) { fmt.Fprintln(a.stdout, cmd.Long) })
	return cmd
}
