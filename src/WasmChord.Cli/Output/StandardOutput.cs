using System.Runtime.InteropServices;
using System.Text;

namespace WasmChord.Cli;

/// <summary>
/// Standard output, which says so when whoever read it has gone: the runtime's own stream takes such bytes for written,
/// so that a command would go on for nobody.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private const int Descriptor = 1, Interrupted = 4, TryAgain = 11, BrokenPipe = 32;
    private const short PollOut = 4;

    private StandardOutput()
    {
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A writer to standard output, UTF-8 without a mark at its start, that keeps nothing back after a flush.</summary>
    public static TextWriter Open()
    {
        if (!OperatingSystem.IsLinux()) return Console.Out;
        return TextWriter.Synchronized(new StreamWriter(new StandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
    }

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    /// <exception cref="IOException">The bytes cannot be written otherwise: a disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = Write(Descriptor, in MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0) buffer = buffer[(int)written..];
            else if (Marshal.GetLastPInvokeError() is BrokenPipe) throw new OutputClosedException();
            else if (Marshal.GetLastPInvokeError() is TryAgain) AwaitRoom();
            else if (Marshal.GetLastPInvokeError() is not Interrupted)
                throw new IOException($"standard output: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Whoever shares the descriptor may have made it one that does not block.
    private static void AwaitRoom()
    {
        PollDescriptor output = new() { Descriptor = Descriptor, Events = PollOut };
        Poll(ref output, 1, -1);
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, in byte buffer, nint count);

    // struct pollfd of poll(2).
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
