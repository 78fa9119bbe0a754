namespace WasmChord.Kernels;

/// <summary>Four-bit floats with a shared power of two: see <see cref="BlockMXFP4"/>.</summary>
internal static unsafe partial class MXFP4
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockMXFP4*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = MicroscalingFloats.HalfOfE8M0(block->E);
            for (int i = 0; i < 16; i++)
            {
                destination[i] = MicroscalingFloats.DoubledE2M1[block->Qs[i] & 15] * d;
                destination[i + 16] = MicroscalingFloats.DoubledE2M1[block->Qs[i] >> 4] * d;
            }
        }
    }
}
