namespace WasmChord.Memory64;

/// <summary>The ledger's answer to a request for bytes.</summary>
/// <param name="IsGranted">True where the bytes are now reserved.</param>
/// <param name="Account">Who asked.</param>
/// <param name="RequestedBytes">Bytes asked for beyond what the account held.</param>
/// <param name="AvailableBytes">Bytes that were free before.</param>
/// <param name="TotalBytes">The whole budget.</param>
public readonly record struct BudgetDecision(bool IsGranted, string Account, long RequestedBytes, long AvailableBytes, long TotalBytes)
{
    /// <inheritdoc/>
    public override string ToString() => IsGranted
        ? $"granted {RequestedBytes} bytes to {Account}, {AvailableBytes - RequestedBytes} of {TotalBytes} left"
        : $"refused {RequestedBytes} bytes to {Account}: {AvailableBytes} of {TotalBytes} are free";
}
