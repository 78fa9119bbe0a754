namespace WasmChord.Memory64;

/// <summary>
/// A guest that changes logits before a token is chosen. It sees no model, keeps its own state from token to token, and
/// is called once for every token, in order. One thread at a time.
/// </summary>
public sealed class GuestLogitsProcessor : IDisposable
{
    private const string BufferFunction = "logits_buffer", ProcessFunction = "process_logits";

    private readonly Guest _guest;
    private readonly TimeSpan _timePerToken;
    private readonly int _buffer;
    private readonly int _count;
    private bool _isDisposed;

    private GuestLogitsProcessor(Guest guest, TimeSpan timePerToken, int buffer, int count)
    {
        _guest = guest;
        _timePerToken = timePerToken;
        _buffer = buffer;
        _count = count;
    }

    /// <summary>Starts a processor: links the guest and asks it where logits shall go, within the limits' wall time.</summary>
    /// <param name="engine">The engine that compiled the module.</param>
    /// <param name="module">The module; it exports <c>memory</c>, <c>logits_buffer</c> and <c>process_logits</c>.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="timePerToken">How long it may take for one token.</param>
    /// <param name="vocabularySize">Logits of a token.</param>
    /// <exception cref="GuestModuleException">It is no processor, or failed at once; the message says how.</exception>
    public static GuestLogitsProcessor Start(GuestEngine engine, GuestModule module, GuestLimits limits, TimeSpan timePerToken, int vocabularySize)
    {
        Guest guest = new(engine, module, weights: null, limits);
        try
        {
            Require(module, BufferFunction, 1);
            Require(module, ProcessFunction, 3);
            GuestResult result = guest.Invoke(BufferFunction, vocabularySize);
            if (!result.HasReturned) throw new GuestModuleException(GuestModuleError.UnsupportedFeature, $"{BufferFunction}: {result.Text}");
            int buffer = (int)result.Values[0].Bits;
            GuestCode code = (buffer & 3) != 0 ? GuestCode.BadArgument : guest.Writable(buffer, vocabularySize, out _);
            if (code < 0)
                throw new GuestModuleException(GuestModuleError.UnsupportedFeature, $"{BufferFunction} gave {(uint)buffer} for {vocabularySize} values: {code}");
            return new GuestLogitsProcessor(guest, timePerToken, buffer, vocabularySize);
        }
        catch
        {
            guest.Dispose();
            throw;
        }
    }

    /// <summary>Lets the guest change logits.</summary>
    /// <param name="logits">(vocabulary); changed.</param>
    /// <param name="position">The position in the sequence, from 0: the logits are for the token that follows it.</param>
    /// <param name="failure">Why it could not, for people.</param>
    /// <returns>False when the guest failed: it is at its end, and the logits are as they were.</returns>
    public bool TryProcess(Span<float> logits, int position, out string failure)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (logits.Length != _count) throw new ArgumentException($"{logits.Length} logits, not {_count}", nameof(logits));
        GuestCode code = _guest.Writable(_buffer, _count, out Span<float> shared);
        if (code < 0)
        {
            failure = $"its buffer at {(uint)_buffer}: {code}";
            return false;
        }

        logits.CopyTo(shared);
        GuestResult result = _guest.InvokeWithin(_timePerToken, ProcessFunction, _buffer, _count, position);
        failure = result.HasReturned && result.Values[0].Bits != 0 ? $"it returned {result.Values[0]}" : result.Text;
        if (failure.Length > 0) return false;
        // Memory may have grown, and moved, meanwhile.
        _guest.Writable(_buffer, _count, out shared);
        shared.CopyTo(logits);
        return true;
    }

    /// <summary>Ends the guest.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _guest.Dispose();
    }

    private static void Require(GuestModule module, string name, int parameters)
    {
        GuestFunctionType? type = module.Info.Exports.FirstOrDefault(e => e.Kind == GuestExternalKind.Function && e.Name == name)?.Function;
        if (type is { Results: [GuestValueType.I32] } && type.Parameters.Count == parameters && type.Parameters.All(t => t == GuestValueType.I32)) return;
        throw new GuestModuleException(GuestModuleError.UnsupportedFeature,
            $"a logits processor exports {name} with {parameters} parameters of i32 and one result; this module has {type?.ToString() ?? "none"}");
    }
}
