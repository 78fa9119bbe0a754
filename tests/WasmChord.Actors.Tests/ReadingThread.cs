using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>A thread that is inside a lease until it is told to leave, then checks that the bytes are still the file's.</summary>
internal sealed class ReadingThread
{
    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _leave = new();
    private readonly Task<bool> _intact;

    public ReadingThread(LayerLease lease, byte[] file)
    {
        _intact = Task.Factory.StartNew(() => Read(lease, file), TaskCreationOptions.LongRunning);
        if (!_entered.Wait(TimeSpan.FromSeconds(20))) throw new TimeoutException("the lease could not be read");
    }

    /// <summary>Lets the thread go; true when every byte was the file's until the end.</summary>
    public Task<bool> LeaveAsync()
    {
        _leave.Set();
        return _intact;
    }

    private bool Read(LayerLease lease, byte[] file)
    {
        if (!lease.TryRead(out LeaseReader reader)) return false;
        using (reader)
        {
            _entered.Set();
            _leave.Wait();
            foreach (Segment s in lease.Segments)
                if (!reader.Bytes(s).SequenceEqual(file.AsSpan((int)s.FileOffset, (int)s.FileByteLength))) return false;
            return true;
        }
    }
}
