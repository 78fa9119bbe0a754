namespace WasmChord.Memory64;

/// <summary>
/// Who holds how much of one node's memory budget, across models and guests. What is reserved never exceeds the total;
/// a request that does not fit is refused whole, as a value, and changes nothing; when the total is made smaller, nothing is
/// granted until enough was given back. Thread-safe.
/// </summary>
public sealed class BudgetLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _accounts = new(StringComparer.Ordinal);
    private long _reservedBytes;
    private long _peakBytes;
    private long _totalBytes;

    /// <summary>Creates a ledger.</summary>
    /// <param name="totalBytes">The budget in bytes.</param>
    public BudgetLedger(long totalBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalBytes);
        _totalBytes = totalBytes;
    }

    /// <summary>The budget.</summary>
    public long TotalBytes
    {
        get
        {
            lock (_lock) return _totalBytes;
        }
    }

    /// <summary>What is reserved now.</summary>
    public long ReservedBytes
    {
        get
        {
            lock (_lock) return _reservedBytes;
        }
    }

    /// <summary>What is free now; negative after the total was made smaller than what is reserved.</summary>
    public long AvailableBytes
    {
        get
        {
            lock (_lock) return _totalBytes - _reservedBytes;
        }
    }

    /// <summary>The most that was ever reserved at once.</summary>
    public long PeakBytes
    {
        get
        {
            lock (_lock) return _peakBytes;
        }
    }

    /// <summary>Reserves bytes on top of what the account holds, or refuses.</summary>
    public BudgetDecision TryReserve(string account, long bytes)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock) return Change(account, bytes);
    }

    /// <summary>Sets what the account holds: less is always granted, more where it fits.</summary>
    public BudgetDecision TryResize(string account, long bytes)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock) return Change(account, bytes - _accounts.GetValueOrDefault(account));
    }

    /// <summary>Sets the budget. What is reserved stays, even above it.</summary>
    public void SetTotal(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock) _totalBytes = bytes;
    }

    /// <summary>Gives back part of what the account holds.</summary>
    /// <exception cref="InvalidOperationException">The account holds less: bytes were counted twice.</exception>
    public void Release(string account, long bytes)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock)
        {
            long held = _accounts.GetValueOrDefault(account);
            if (bytes > held) throw new InvalidOperationException($"account {account} releases {bytes} bytes and holds {held}");
            Change(account, -bytes);
        }
    }

    /// <summary>Gives back all that the account holds, and tells how much that was.</summary>
    public long ReleaseAll(string account)
    {
        ArgumentNullException.ThrowIfNull(account);
        lock (_lock)
        {
            long held = _accounts.GetValueOrDefault(account);
            Change(account, -held);
            return held;
        }
    }

    /// <summary>What one account holds.</summary>
    public long BytesOf(string account)
    {
        lock (_lock) return _accounts.GetValueOrDefault(account);
    }

    /// <summary>What every account holds at one moment; accounts that hold nothing are left out.</summary>
    public IReadOnlyDictionary<string, long> Snapshot()
    {
        lock (_lock) return new Dictionary<string, long>(_accounts, StringComparer.Ordinal);
    }

    private BudgetDecision Change(string account, long bytes)
    {
        long available = _totalBytes - _reservedBytes;
        BudgetDecision decision = new(bytes <= 0 || bytes <= available, account, bytes, available, _totalBytes);
        if (!decision.IsGranted) return decision;
        long held = _accounts.GetValueOrDefault(account) + bytes;
        if (held == 0) _accounts.Remove(account);
        else _accounts[account] = held;
        _reservedBytes += bytes;
        _peakBytes = Math.Max(_peakBytes, _reservedBytes);
        return decision;
    }
}
