namespace WasmChord.Memory64;

/// <summary>Why a request for segments was refused.</summary>
public enum RefusalReason
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The segments cannot be resident together within the budget; they may still be asked for one by one.</summary>
    LayerExceedsBudget,

    /// <summary>As many requests wait already as the limits allow.</summary>
    QueueFull,

    /// <summary>The deadline passed before the segments were there.</summary>
    DeadlineExceeded,

    /// <summary>A segment could not be read.</summary>
    LayerUnavailable,

    /// <summary>The owner holds a lease or has an open request; a second one could deadlock.</summary>
    OwnerHoldsLease,

    /// <summary>The owner died while its request was open.</summary>
    OwnerGone,

    /// <summary>The request names a segment that the image does not hold, or none at all.</summary>
    UnknownSegment,

    /// <summary>The request was cancelled.</summary>
    Cancelled,

    /// <summary>The cache is closing.</summary>
    ShuttingDown,

    /// <summary>The request or lease belongs to a region that has been restarted since; said by the cache's shell.</summary>
    StaleGeneration,

    /// <summary>The budget was made smaller while the request waited, and the request no longer fits it.</summary>
    BudgetShrunk,

    /// <summary>The request would have to wait for memory, and said that it must not: its owner holds other leases.</summary>
    WouldWait,
}
