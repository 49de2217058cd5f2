#include "runtime/git/transfer.h"

#include "runtime/base/mem.h"

struct transfer *transfer_new(void)
{
	struct transfer *transfer = mem_alloc(sizeof(*transfer));

	atomic_store(&transfer->users, 1);
	return transfer;
}

void transfer_hold(struct transfer *transfer)
{
	atomic_fetch_add(&transfer->users, 1);
}

void transfer_drop(struct transfer *transfer)
{
	if (transfer && atomic_fetch_sub(&transfer->users, 1) == 1)
		mem_free(transfer);
}

void transfer_enter(struct transfer *transfer, enum transfer_phase phase)
{
	if (transfer)
		atomic_store(&transfer->phase, phase);
}
